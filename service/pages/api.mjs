// Talking to the service: a key if it wants one, problems as errors, a job's events.

const meta = (name) => document.querySelector(`meta[name=${name}]`).content;
let token = null;

export class Problem extends Error {
  constructor(body) {
    super(body.errors?.map((e) => `${e.field}: ${e.problem}`).join('; ') || body.detail);
    this.body = body;
  }
}

async function authorization() {
  if (meta('access') === 'open') return {};
  if (!token || token.expires < Date.now() + 60_000) {
    const answer = await fetch('/v1/sessions', {
      method: 'POST', headers: { authorization: `Bearer ${meta('key')}` },
    });
    const body = await answer.json();
    if (!answer.ok) throw new Problem(body);
    token = { value: body.token, expires: Date.parse(body.expires) };
  }
  return { authorization: `Bearer ${token.value}` };
}

export async function call(method, path, body, headers = {}) {
  const answer = await fetch(path, {
    method, body, headers: { ...headers, ...(await authorization()) },
  });
  const told = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Problem(told);
  return told;
}

// Calls `tell` with the job at each change until it has ended, and returns it. A connection that
// breaks is taken up again.
export async function watch(job, tell) {
  for (;;) {
    const answer = await fetch(`/v1/jobs/${job}/events`, { headers: await authorization() });
    if (!answer.ok) throw new Problem(await answer.json());
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
      const events = text.split('\n\n');
      text = events.pop();
      for (const event of events) {
        const data = event.match(/^data: (.*)$/m);
        if (!data) continue;
        const state = JSON.parse(data[1]);
        tell(state);
        if (/^event: end$/m.test(event)) {
          reader.cancel();
          return state;
        }
      }
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}
