/** Where a target's client gets its access token from. Whoever renews, one process does it, and stores before use. */

export type TokenAnswer =
  | {
      readonly ok: true
      readonly accessToken: string
      /** QuickBooks' realm id, Xero's tenant id ('' for a custom connection). */
      readonly companyId: string
    }
  /** Not now (the token endpoint is down), or not again until somebody connects. Both are sentences for a person. */
  | { readonly ok: false; readonly reconnect: boolean; readonly message: string }

export interface TokenSource {
  /** A token that is good for the next minute at least; renewed first when it is not. */
  readonly current: () => Promise<TokenAnswer>
  /** After a 401: a newer token than the one that was refused, or why there is none. */
  readonly renew: (refused: string) => Promise<TokenAnswer>
}
