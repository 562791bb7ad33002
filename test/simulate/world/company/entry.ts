/** What an entry in a company's books says of itself. */
import type { HandEntry } from '../../../../src/sandbox/targets/hand.ts'

/** QuickBooks' number; Xero's narration starts with it. */
export function documentOf({ document, memo }: HandEntry): string {
  return document ?? memo.split(' ')[0] ?? ''
}

/** QuickBooks' own "void" leaves the entry with zeros and says so. */
export function isLive({ status, memo }: HandEntry): boolean {
  return (status === 'posted' || status === 'draft') && !memo.startsWith('Voided')
}
