import { say } from '../state/live.ts';

/** Puts text on the clipboard; where the host refuses the clipboard interface, by selecting it. */
export function copyText(text: string): void {
  const field = document.createElement('textarea');
  field.value = text;
  field.setAttribute('aria-hidden', 'true');
  field.style.position = 'fixed';
  field.style.opacity = '0';
  const focused = document.activeElement;
  (focused?.closest('[role="dialog"]') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  say(copied ? 'Copied.' : 'This window may not use the clipboard.');
}
