// A core that only speaks the link: what each request names is what it does.
const [options] = process.argv.slice(2);
process.on('message', (message) => {
  const reply = (value) => process.send({ type: 'reply', id: message.id, result: { ok: true, value } });
  if (message.type === 'close') {
    process.send({ type: 'closed' });
    setTimeout(() => process.exit(0), 10);
  } else if (message.type === 'grant') reply({ grant: `token:${message.path}`, name: 'a', display: message.path });
  else if (message.type === 'lastOutput') reply({ path: message.sessionId });
  else if (message.type === 'ask' && message.name === 'echo') {
    process.send({ type: 'progress', id: message.id, done: 1, total: 2, what: 'echoing' });
    process.send({ type: 'event', name: 'library.changed', data: {} });
    reply({ options: JSON.parse(options), input: message.input });
  } else if (message.type === 'ask' && message.name === 'crash') {
    process.stderr.write('falling over\n');
    process.exit(7);
  } else if (message.type === 'ask' && message.name === 'fail') {
    process.send({
      type: 'reply',
      id: message.id,
      result: { ok: false, failure: { kind: 'analyzer.damaged', message: 'Cut short.', details: { file: 'x.npy' } } },
    });
  } else if (message.type === 'cancel') {
    process.send({
      type: 'reply',
      id: message.id,
      result: { ok: false, failure: { kind: 'cancelled', message: 'Cancelled.', details: {} } },
    });
  }
});
process.send({ type: 'ready' });
