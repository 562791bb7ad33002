/** What a scan of ids came to: how many were asked about, which of them are orders, and what it could not settle. */
import type { ScanReport } from '../../pipeline/extract/scan-ids.ts'
import { counted } from '../output.ts'

export function scanLines(scan: ScanReport): readonly string[] {
  const { source, range, asked, found, unknown, unanswered, passedOver, highestKnown } = scan
  const others = unanswered === 0 ? '' : `, ${unanswered} without an answer`
  const before = passedOver === 0 ? '' : ` ${counted(passedOver, 'id')} passed over: registered or settled before.`
  return [
    `${source}: scan of ${range.first} to ${range.last}: ${counted(asked, 'id')} asked about, ${found} found, ${unknown} unknown${others}.${before}`,
    ...(unanswered === 0 ? [] : [`The same scan again asks about the ${unanswered} that had no answer.`]),
    ...(unknown === 0 || (highestKnown !== null && highestKnown >= range.last) ? [] : [notRemembered(highestKnown)]),
  ]
}

function notRemembered(highestKnown: number | null): string {
  return highestKnown === null
    ? 'No order of this panel is known, so unknown ids were not remembered: the panel may still give them out.'
    : `Unknown ids above ${highestKnown}, the newest order known, were not remembered: the panel may still give them out.`
}
