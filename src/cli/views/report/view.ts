/** The page for programs: every amount an exact decimal as text, every instant in ISO, and the command that traces a figure. */
import { formatExact, type Units } from '../../../domain/money/money.ts'
import { AGE_BUCKETS, type AgingRow } from '../../../domain/exceptions/aging.ts'
import type { ControlLine } from '../../../pipeline/report/controls.ts'
import type { NightPage, Standing } from '../../../pipeline/report/page.ts'
import {
  traceAccount,
  traceBalance,
  traceDraft,
  traceExpected,
  traceLines,
  traceMatches,
  traceReading,
  traceStep,
  traceThing,
  traceTransactions,
  traceVendor,
} from '../../../pipeline/report/traces.ts'
import { totalsView } from '../totals.ts'

export function pageView(page: NightPage) {
  const { finishedAtMs, knownAtMs, basis, controls, differences, aging, quality, log, now, ...rest } = page
  return {
    ...rest,
    finishedAt: iso(finishedAtMs),
    now: now === null ? null : { ...now, standing: now.standing === null ? null : standingView(now.standing) },
    knownAt: iso(knownAtMs),
    basis: {
      settings: basis.settings,
      landedAt: basis.landedAtMs === null ? null : iso(basis.landedAtMs),
      policy: basis.policy,
    },
    controls: controls.map((line) => ({
      ...controlView(line),
      trace: traceAccount(line, page),
      vendorTrace: traceVendor(line, page),
    })),
    completeness: completenessView(page),
    differences: differences.map(({ firstSeenMs, amount, ...each }) => ({
      ...each,
      amount: exact(amount),
      firstSeen: iso(firstSeenMs),
      trace: traceThing(each.id, page),
    })),
    aging: aging.map(agingView),
    journals: journalsView(page),
    forecast: forecastView(page),
    quality: {
      ...quality,
      trace: traceMatches(page),
      currencies: quality.currencies.map(({ unmatched, rateTenths, ...each }) => ({
        ...each,
        unmatched: { count: unmatched.count, in: formatExact(unmatched.in), out: formatExact(unmatched.out) },
        ratePercent: rateTenths === null ? null : (rateTenths / 10).toFixed(1),
        trace: traceLines(page),
      })),
    },
    log: log.map(({ atMs, trace, ...each }) => ({
      at: iso(atMs),
      ...each,
      trace: trace === null ? null : traceThing(trace, page),
    })),
  }
}

function standingView({ atMs, ...standing }: Standing) {
  return { at: iso(atMs), ...standing }
}

function completenessView(page: NightPage) {
  const { completeness } = page
  return {
    ...completeness,
    trace: traceTransactions(page),
    steps: completeness.steps.map(({ totals, foots, ...each }) => ({
      ...each,
      ...totalsView(totals),
      foots,
      trace: traceStep({ totals, foots, ...each }, page),
    })),
    sources: completeness.sources.map(({ lastReadMs, ...source }) => ({
      ...source,
      lastRead: lastReadMs === null ? null : iso(lastReadMs),
      trace: traceReading({ lastReadMs, ...source }, page),
    })),
  }
}

function journalsView(page: NightPage) {
  const { journals } = page
  return {
    sealed: journals.sealed.map(({ amount, ...each }) => ({
      ...each,
      amount: formatExact(amount),
      trace: traceThing(each.document, page),
    })),
    waiting: journals.waiting.map(({ amount, ...each }) => ({
      ...each,
      amount: formatExact(amount),
      trace: traceDraft(each.day, page),
    })),
    carried: journals.carried.map(({ currency, account, remainder }) => ({
      currency,
      account,
      remainder: formatExact(remainder),
      trace: traceBalance(account, page),
    })),
  }
}

export function controlView(line: ControlLine) {
  const { opening, in: received, out, adjusted, adjustments, closing, vendor, difference, unbooked, held } = line
  const { account, name, currency, proof, isNew } = line
  return {
    account,
    name,
    currency,
    opening: formatExact(opening),
    in: formatExact(received),
    out: formatExact(out),
    adjusted: formatExact(adjusted),
    adjustments: adjustments.map((each) => ({ ...each, amount: formatExact(each.amount) })),
    closing: formatExact(closing),
    vendor: exact(vendor),
    difference: exact(difference),
    unbooked: exact(unbooked),
    held,
    proof,
    isNew,
  }
}

function forecastView(page: NightPage) {
  const { wallets, payouts, expected } = page.forecast
  return {
    wallets: wallets.map(({ balance, pace, runwayTenths, ...each }) => ({
      ...each,
      balance: formatExact(balance),
      spent: formatExact(pace.total),
      spentInDays: pace.days,
      runwayDays: runwayTenths === null ? null : (runwayTenths / 10).toFixed(1),
      trace: traceBalance(each.account, page),
    })),
    payouts: payouts.map(({ minimum, pace, threshold, ...each }) => ({
      ...each,
      minimum: formatExact(minimum),
      earned: formatExact(pace.total),
      earnedInDays: pace.days,
      threshold: threshold.kind,
      unpaid: formatExact(threshold.unpaid),
      expectedOn: threshold.kind === 'expected' ? threshold.day : null,
      trace: traceBalance(each.account, page),
    })),
    expected: {
      count: expected.count,
      overdue: expected.overdue,
      lines: expected.lines.map(({ amount, ...each }) => ({
        ...each,
        amount: formatExact(amount),
        trace: traceExpected({ amount, ...each }, page),
      })),
    },
  }
}

function agingView({ currency, buckets, count, amount, unknown }: AgingRow) {
  const ages = AGE_BUCKETS.map((name) => {
    const held = buckets[name]
    return [name, { count: held.count, amount: formatExact(held.amount) }] as const
  })
  return { currency, count, amount: formatExact(amount), unknown, buckets: Object.fromEntries(ages) }
}

function exact(amount: Units | null): string | null {
  return amount === null ? null : formatExact(amount)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
