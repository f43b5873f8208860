export const canary = setTimeout(() => console.log('sung'), 1);
