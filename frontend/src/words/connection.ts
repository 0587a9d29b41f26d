/** How the connection to the server stands. */
export type ConnectionState =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  /** `retryAt` is when the next try is due, in milliseconds of `Date.now()`. */
  | { readonly state: 'lost'; readonly retryAt: number; readonly tries: number };
