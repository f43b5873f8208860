const waiting: (() => void)[] = [];
let running = false;

function runNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setTimeout(runNext, 0);
  else running = false;
}

/** Puts work at the end of a line in which one piece is done per task, so that keys get their turn between. Returns what takes it out. */
export function inTurn(work: () => void): () => void {
  waiting.push(work);
  if (!running) {
    running = true;
    setTimeout(runNext, 0);
  }
  return () => {
    const at = waiting.indexOf(work);
    if (at >= 0) waiting.splice(at, 1);
  };
}
