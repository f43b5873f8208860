// A server in a process of its own that speaks OpenAI's Responses and answers each question so many milliseconds after all of it has
// arrived. Which features a verdict must name stands in the path before /v1, so that no question has to be parsed.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const delayMs = Number(process.argv[2]);
let underWay = 0;
let mostAtOnce = 0;
let answered = 0;
let waitedMs = 0;
/** On the clock that all processes share. */
let firstAtMs = 0;
let lastAtMs = 0;
const clock = () => performance.timeOrigin + performance.now();

const server = createServer((request, response) => {
  underWay += 1;
  mostAtOnce = Math.max(mostAtOnce, underWay);
  request.resume();
  request.on('end', () => {
    const arrived = performance.now();
    if (firstAtMs === 0) firstAtMs = clock();
    setTimeout(() => {
      underWay -= 1;
      answered += 1;
      waitedMs += performance.now() - arrived;
      const features = decodeURIComponent((request.url ?? '').split('/')[1]).split(',');
      const findings = features.map((feature) => ({ feature, finding: 'Looked at.', supports: 'merge', severity: 'medium' }));
      const text = JSON.stringify({ features: findings, reasoning: 'As seen.', verdict: 'merge', confidence: 0.9 });
      const body = {
        object: 'response',
        model: 'gpt-4o',
        status: 'completed',
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] }],
        usage: { input_tokens: 1000, output_tokens: 100, input_tokens_details: { cached_tokens: 0 } },
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      lastAtMs = clock();
    }, delayMs);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => {
  process.send?.({ answered, mostAtOnce, meanMs: waitedMs / answered, firstAtMs, lastAtMs });
  answered = 0;
  mostAtOnce = 0;
  waitedMs = 0;
  firstAtMs = 0;
});
process.on('disconnect', () => process.exit(0));
