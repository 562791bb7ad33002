/** One HTTP exchange with Xero, whichever client made it: an answer of any status, or a sentence why there is none. */

export type XeroAnswer =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>
      /** Without the access token, should it have been repeated. */
      readonly body: string
    }
  | { readonly kind: 'failed'; readonly message: string }

export type XeroReply = Extract<XeroAnswer, { readonly kind: 'answer' }>
