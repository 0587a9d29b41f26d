/** When what happened between a click and a picture, as the page itself sees it. Put into a page before its own scripts. */
(() => {
  const NOTHING = { clicked: 0, posted: 0, answered: 0, told: 0, untrained: 0, trained: 0, run: '', step: 0, serving: '' };
  const hand = { ...NOTHING, begin: () => Object.assign(hand, NOTHING) };
  window.hand = hand;

  const channel = new MessageChannel();
  const afterPaint = [];
  channel.port1.onmessage = () => afterPaint.splice(0).forEach((tell) => tell(performance.now()));
  /** A message is read only after the browser has laid out and painted. */
  hand.painted = (tell) => {
    afterPaint.push(tell);
    channel.port2.postMessage(null);
  };
  const once = (name, at) => {
    hand[name] ||= at;
  };

  document.addEventListener('click', () => once('clicked', performance.now()), true);

  const ask = window.fetch;
  window.fetch = async (address, init) => {
    const makesRun = init?.method === 'POST' && /\/api\/runs\?/.test(String(address));
    if (makesRun) once('posted', performance.now());
    const answer = await ask(address, init);
    if (makesRun && answer.status === 201 && !hand.answered) {
      hand.answered = performance.now();
      hand.serving = answer.headers.get('Server-Timing') ?? '';
      const copy = answer.clone();
      hand.run = answer.headers.get('Location')?.split('/').at(-1) ?? (await copy.json()).id;
    }
    return answer;
  };

  /** Step of a binary message: message pack, the fields before the body. */
  const stepOf = (head) => {
    const at = head.indexOf('step') + 4;
    const [code, ...rest] = [...head.slice(at, at + 5)].map((letter) => letter.charCodeAt(0));
    const num = { 204: 1, 205: 2, 206: 4 }[code];
    return num === undefined ? code : rest.slice(0, num).reduce((sum, byte) => sum * 256 + byte, 0);
  };
  const read = (data) => {
    if (typeof data === 'string') return;
    const head = new TextDecoder('latin1').decode(new Uint8Array(data, 0, Math.min(160, data.byteLength)));
    const isShown = head.includes('units') || head.includes('decision_surface');
    if (hand.run && isShown && head.includes(hand.run) && stepOf(head) >= 1) once('told', performance.now());
  };
  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener('message', (event) => read(event.data));
    }
  };

  const look = () => {
    const shown = [...document.querySelectorAll('.points-graph, [data-panel="decision_surface"]')];
    if (!hand.run || shown.length < 2 || shown.some((one) => one.dataset.run !== hand.run)) return;
    const step = Math.min(...shown.map((one) => Number(one.dataset.step ?? -1)));
    if (step >= 0 && !hand.untrained) hand.painted((at) => once('untrained', at));
    if (step < 1 || hand.trained) return;
    hand.step ||= step;
    hand.painted((at) => once('trained', at));
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    attributes: true,
    attributeFilter: ['data-step', 'data-run'],
  });
})();
