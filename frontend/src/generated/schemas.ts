/** The words of the wire, as generated from the pydantic models. Never edited by hand: `npm run types` makes them. */
export type * from '@schemas/layerlab';
