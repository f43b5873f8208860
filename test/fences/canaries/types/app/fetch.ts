export const canary = fetch('http://127.0.0.1');
