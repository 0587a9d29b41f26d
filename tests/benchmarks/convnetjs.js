// ConvNetJS's MNIST demo net on whole images of 28 by 28, for tests/benchmarks/engines.py: its build/convnet.js is the first argument.
// Each line on the input is a number of batches of 20; each line on the output says how many seconds they took.
const convnetjs = require(require("path").resolve(process.argv[2]));
const net = new convnetjs.Net();
net.makeLayers([
  { type: "input", out_sx: 28, out_sy: 28, out_depth: 1 },
  { type: "conv", sx: 5, filters: 8, stride: 1, pad: 2, activation: "relu" },
  { type: "pool", sx: 2, stride: 2 },
  { type: "conv", sx: 5, filters: 16, stride: 1, pad: 2, activation: "relu" },
  { type: "pool", sx: 3, stride: 3 },
  { type: "softmax", num_classes: 10 },
]);
const trainer = new convnetjs.Trainer(net, { method: "sgd", learning_rate: 0.01, momentum: 0.9, batch_size: 20 });
const images = Array.from({ length: 100 }, () => {
  const image = new convnetjs.Vol(28, 28, 1, 0);
  for (let place = 0; place < image.w.length; place++) image.w[place] = Math.random();
  return image;
});
let at = 0;
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const start = process.hrtime.bigint();
  for (let sample = 0; sample < 20 * Number(line); sample++) trainer.train(images[at++ % 100], at % 10);
  console.log(Number(process.hrtime.bigint() - start) / 1e9);
});
