/** Formulas outside of React, in the browser's own mathematics; the library is loaded when first needed. */
type Katex = typeof import('katex')['default'];

let katex: Katex | null = null;
let loading: Promise<Katex> | null = null;

function load(): Promise<Katex> {
  loading ??= import('katex').then((module) => {
    katex = module.default;
    return katex;
  });
  return loading;
}

/** Writes a formula into an element: at once where the library is there, otherwise its source until it is. */
export function writeTex(element: HTMLElement, tex: string): void {
  if (element.dataset.tex === tex) return;
  element.dataset.tex = tex;
  const render = (library: Katex): void => {
    if (element.dataset.tex === tex)
      library.render(tex, element, { output: 'mathml', throwOnError: false, displayMode: false });
  };
  if (katex) render(katex);
  else {
    element.textContent = tex;
    void load().then(render);
  }
}
