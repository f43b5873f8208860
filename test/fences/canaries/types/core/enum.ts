enum Canary {
  Sung,
}
export const canary = Canary.Sung;
