// TensorFlow Playground's engine, for tests/benchmarks/engines.py: its nn.ts as JavaScript is the first argument.
// Each line on the input is a number of steps; each line on the output says how many seconds they took.
const nn = require(require("path").resolve(process.argv[2]));
const BATCH = 10, SAMPLES = 400;
const net = nn.buildNetwork([2, 8, 8, 1], nn.Activations.TANH, nn.Activations.TANH, null, ["x", "y"], false);
const points = Array.from({ length: SAMPLES }, (_, place) => {
  const angle = place / 40, side = place % 2 ? 1 : -1;
  return { input: [side * angle * Math.cos(angle) / 10, side * angle * Math.sin(angle) / 10], label: side };
});
let at = 0;
function train(steps) {
  for (let step = 0; step < steps; step++) {
    for (let sample = 0; sample < BATCH; sample++) {
      const point = points[at];
      at = (at + 1) % SAMPLES;
      nn.forwardProp(net, point.input);
      nn.backProp(net, point.label, nn.Errors.SQUARE);
    }
    nn.updateWeights(net, 0.03, 0);
  }
}
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const start = process.hrtime.bigint();
  train(Number(line));
  console.log(Number(process.hrtime.bigint() - start) / 1e9);
});
