/** The same marks for TensorFlow Playground, whose start button is pressed as soon as a change has stopped it. */
(() => {
  const NOTHING = { clicked: 0, posted: 0, answered: 0, told: 0, untrained: 0, trained: 0 };
  const hand = { ...NOTHING, begin: () => Object.assign(hand, NOTHING) };
  window.hand = hand;
  const channel = new MessageChannel();
  const afterPaint = [];
  channel.port1.onmessage = () => afterPaint.splice(0).forEach((tell) => tell(performance.now()));
  const painted = (name) =>
    requestAnimationFrame(() => {
      afterPaint.push((at) => {
        hand[name] ||= at;
      });
      channel.port2.postMessage(null);
    });

  document.addEventListener(
    'click',
    (event) => {
      if (!event.isTrusted || hand.clicked || event.target.closest?.('#play-pause-button')) return;
      hand.clicked = performance.now();
      // Its own handler rebuilds the network and draws it before this comes.
      setTimeout(() => {
        painted('untrained');
        document.querySelector('#play-pause-button').click();
      });
    },
    true,
  );
  document.addEventListener('DOMContentLoaded', () => {
    const counter = document.querySelector('#iter-number');
    new MutationObserver(() => {
      if (hand.clicked && !hand.trained && Number(counter.textContent.replace(/\D/g, '')) > 0) painted('trained');
    }).observe(counter, { childList: true, characterData: true, subtree: true });
  });
})();
