/**
 * A network that posts each conversion as it is tracked (payelancer-api.txt, Webhooks), once or twice, and whose counter
 * knows nothing of them: beyond what the settings allow, somebody has to be told.
 */
import type { Books } from '../../oracles/books.ts'
import type { Finding } from '../part.ts'
import { toldOf } from '../told.ts'
import { bankOf, counterSite, dayText, money, openings, vendor, type Posted, type Scene, type Story } from './story.ts'

const TOLERANCE = 2000
export const HOOK_SECRET = 'f00dcafe0123456789abcdef'

export function conversions(scene: Scene): Story {
  const { name, cents, day, isTakenBack, isListed, reference } = scene
  const [, part] = cents
  // Some days are within what is allowed.
  const payouts = isListed ? [900, 1 + (part % 1000)] : [part, 100]
  const hooks = payouts.flatMap((payout, nth): readonly Posted[] => {
    const timestamp = `${dayText(scene, day)}T1${nth}:55:00Z`
    const data = `{"campaign_id":"${reference}","ad_id":"45902${nth}B","payout":${money(payout)},"timestamp":"${timestamp}"}`
    const post = { day, path: `/hooks/${name}/${HOOK_SECRET}`, body: `{"event":"conversion.tracked","data":${data}}` }
    return isTakenBack ? [post, post] : [post]
  })
  return {
    config: {
      ...vendor(scene, 'publisher', [
        'webhookSecret: { env: HOOK_DESK }',
        `conversionTolerance: '${money(TOLERANCE)}'`,
      ]),
      accounts: [bankOf(scene, 'payout')],
    },
    sites: counterSite(scene, 'publisher'),
    acts: [openings(scene)],
    hooks,
    check: (books, when) => (when === 'end' ? checkTold(scene, payouts, books) : []),
  }
}

/** What the books have kept of them, each once, before the day was looked at for the last time. */
const KEPT = `
  select kept.payout from conversion as kept
  join source on source.book = kept.book and source.id = kept.source
  where source.name = ? and kept.day = ? and kept.evidence_batch <
    (select max(log_record.batch) from log_record where log_record.kind = 'conversion-day' and log_record.source = source.name
      and log_record.request like '%' || kept.day || '%')`

function checkTold(scene: Scene, payouts: readonly number[], books: Books): readonly Finding[] {
  const { name, day } = scene
  const date = dayText(scene, day)
  const kept = books.rows(KEPT, name, date).map(({ payout }) => Number(payout as bigint) / 1_000_000)
  const strange = kept.filter((payout) => !payouts.includes(payout))
  if (strange.length > 0 || kept.length > payouts.length)
    return [
      {
        oracle: 'desk-conversions',
        says: `${name} told of ${payouts.map(money).join(', ')} on ${date}, and ${kept.map(money).join(', ')} are kept`,
      },
    ]
  if (kept.length < payouts.length) return []
  const sum = payouts.reduce((total, payout) => total + payout, 0)
  const isTold = toldOf(books, name).some(({ code, object }) => code === 'CONVERSIONS_DIFFER' && object.endsWith(date))
  if (isTold === sum > TOLERANCE) return []
  const says = `conversions of ${name} on ${date} pay ${money(sum)}, the counter moved by nothing, and that is ${isTold ? '' : 'not '}told`
  return [{ oracle: 'desk-conversions', says }]
}
