export const canary = Buffer.from('sung');
