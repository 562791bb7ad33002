/** Draws a panel script: most as the vendor's document has it, each with some of the quirks of domain.md 1.1 to 1.4. */
import type { Random } from '../../../../src/sandbox/world/random.ts'
import type { Rounding, ScriptPlan } from './plan.ts'

const MODES = ['half-up', 'half-up', 'half-even', 'floor', 'ceil', 'ratio-6'] as const

export function drawScript(random: Random): ScriptPlan {
  const decimals = random.pick([0, 1, 2, 2, 3, 4, 4, 5, 5])
  // SMMProject keeps four and shows two; CMSNT and others show what they keep.
  const walletDecimals = random.chance(0.15) ? Math.min(decimals, 2) : decimals
  const quirk = <T>(usual: T, ...others: readonly [T, ...T[]]): T => (random.chance(0.6) ? usual : random.pick(others))
  const chargeForm = random.chance(0.12) ? 'none' : quirk('text', 'number', 'long-number')
  // Where nothing shows what is charged, nobody could tell that runs were free.
  const isParentPlain = chargeForm === 'none' || random.chance(0.5)
  return {
    shows: drawShows(random),
    rounding: { partial: drawRounding(random, decimals), completion: drawRounding(random, decimals) },
    formula: random.chance(0.1) ? 'rate-now' : 'share',
    decimals,
    // A list may show less than the API, but where the API shows nothing it is the only place to look.
    listDecimals: chargeForm === 'none' || random.chance(0.7) ? decimals : Math.min(decimals, 2),
    walletDecimals,
    walletCut: random.pick(['floor', 'half-up']),
    sharePercent: quirk(100, 95, 90),
    packageUnit: random.pick(['order', 'thousand']),
    timeZone: random.pick(['UTC', 'Asia/Kolkata', 'Europe/Berlin']),
    multi: random.pick(['multiStatus', 'status']),
    unknownIds: quirk('row', 'bare', 'left-out', 'left-out-400'),
    errors: random.pick(['document', 'always-200']),
    chargeForm,
    balanceForm: random.chance(0.9) ? 'text' : 'number',
    remainsForm: quirk('text', 'number', 'number', 'empty', 'none'),
    overDelivery: random.pick(['minus', 'plus']),
    canceledRemains: quirk('all', 'zero', 'empty'),
    startForm: quirk('text', 'number', 'null', 'empty', 'start_counter'),
    currencyForm: quirk('own', 'own', 'none', 'VND'),
    spelling: quirk('document', 'common', 'cmsnt', 'numbers'),
    refusesTwins: random.chance(0.4),
    parentForm: isParentPlain ? 'none' : random.pick(['zero', 'charge', 'charge-and-free-runs']),
  }
}

/** Net, gross, or one for cancellations and another for partial deliveries: domain.md 1.1. */
function drawShows(random: Random): ScriptPlan['shows'] {
  const draw = random.next()
  if (draw < 0.45) return { cancel: 'net', partial: 'net', completion: 'net' }
  if (draw < 0.8) return { cancel: 'gross', partial: 'gross', completion: 'gross' }
  return random.chance(0.8)
    ? { cancel: 'gross', partial: 'net', completion: 'net' }
    : { cancel: 'net', partial: 'gross', completion: 'gross' }
}

function drawRounding(random: Random, most: number): Rounding {
  const decimals = random.chance(0.7) ? most : Math.min(most, random.pick([2, 4]))
  return { mode: random.pick(MODES), decimals }
}
