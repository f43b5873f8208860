import type { Page } from 'playwright';

/** Opens the demo from the start screen; its overview stands then. */
export async function openDemo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the demo', exact: true }).click();
  await demoStands(page);
}

export async function demoStands(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'splits', exact: true }).waitFor();
}

/** Goes to a step of the session: Overview, Candidates, Judge, Review or Results. */
export async function goToStep(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Steps of the session' }).getByRole('button', { name }).click();
}

/** Goes to History, Library or Settings. */
export async function goToPlace(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Application' }).getByRole('button', { name }).click();
}
