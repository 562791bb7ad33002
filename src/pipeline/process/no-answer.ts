/** Why something that was sent brought no answer, as it is kept with the order or the campaign. */
import type { FailureReason } from '../../machine/transport.ts'

/** Without the advice to try again that fits a reading call. */
const NO_ANSWER: Readonly<Record<FailureReason, string>> = {
  connect: 'no connection could be made, so nothing was sent',
  timeout: 'it was sent, and no answer came in time',
  reset: 'it was sent, and the connection broke before an answer was complete',
  'body-too-large': 'it was sent, and the answer was larger than any of a panel should be',
  aborted: 'the program was stopped while it was being sent',
  'bad-url': 'the configured address is not a web address, so nothing was sent',
  protocol: 'it was sent, and what came back is not HTTP',
}

export function noAnswer(reason: string, message: string): string {
  return Object.entries(NO_ANSWER).find(([name]) => name === reason)?.[1] ?? message
}
