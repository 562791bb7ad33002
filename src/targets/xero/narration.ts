/**
 * Xero's manual journals have no number: the document is the first word of the narration, and the only thing to find a
 * journal by. A person may add text after it, so it is compared as a word and never as the start of a text.
 */

const DOCUMENT = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?/

/** The document a narration starts with; '' when it starts with none. */
export function documentOf(narration: string): string {
  return DOCUMENT.exec(narration.trimStart())?.[0] ?? ''
}
