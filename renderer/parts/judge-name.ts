/** "offline · version 3", "openai · gpt-5": a judge and its model; one name where they are the same. */
export function judgeName({ judge, model }: { readonly judge: string; readonly model: string }): string {
  return model === '' || model === judge ? judge : `${judge} · ${model}`;
}
