/**
 * A panel's plan: how its script behaves, which orders fall to it, what moves its wallet beside them, and what its
 * customer's people do about it. JSON-like data. Amounts are whole numbers of 10⁻⁸, instants are UTC milliseconds.
 */

/** What a status says of a charge once money has come back: public scripts do either, some by the kind of refund. */
export type Shows = 'net' | 'gross'
export type RefundKind = 'cancel' | 'partial' | 'completion'
export type RoundingMode = 'half-up' | 'half-even' | 'floor' | 'ceil' | 'ratio-6'

export interface Rounding {
  readonly mode: RoundingMode
  readonly decimals: number
}

/** One panel script, as it was installed and set up by somebody: domain.md 1.1 to 1.4. */
export interface ScriptPlan {
  readonly shows: Readonly<Record<RefundKind, Shows>>
  readonly rounding: Readonly<Record<'partial' | 'completion', Rounding>>
  /** By the order's own price, or (EGF, mimamch) by the rate of the day of the refund. */
  readonly formula: 'share' | 'rate-now'
  readonly decimals: number
  /** Of the site's own list of orders. */
  readonly listDecimals: number
  readonly walletDecimals: number
  readonly walletCut: 'floor' | 'half-up'
  /** What is charged of the catalogue's price, in percent. */
  readonly sharePercent: number
  /** The unit of a Custom Comments Package's rate. */
  readonly packageUnit: 'order' | 'thousand'
  readonly timeZone: 'UTC' | 'Asia/Kolkata' | 'Europe/Berlin'
  readonly multi: 'multiStatus' | 'status'
  readonly unknownIds: 'row' | 'bare' | 'left-out' | 'left-out-400'
  /** Errors with the document's HTTP codes, or always 200. */
  readonly errors: 'document' | 'always-200'
  readonly chargeForm: 'text' | 'number' | 'long-number' | 'none'
  readonly balanceForm: 'text' | 'number'
  readonly remainsForm: 'text' | 'number' | 'none' | 'empty'
  readonly overDelivery: 'minus' | 'plus'
  /** Of a canceled order with nothing delivered. */
  readonly canceledRemains: 'all' | 'zero' | 'empty'
  readonly startForm: 'text' | 'number' | 'null' | 'empty' | 'start_counter'
  readonly currencyForm: 'own' | 'none' | 'VND'
  readonly spelling: 'document' | 'common' | 'cmsnt' | 'numbers'
  /** What a drip-feed's parent shows: nothing as most, or what was taken for all runs; then its runs may show zero. */
  readonly parentForm: 'none' | 'zero' | 'charge' | 'charge-and-free-runs'
  /** A second order for a link is refused while the first one is delivered. */
  readonly refusesTwins: boolean
}

/** From an instant on the script is a newer one, or is set up otherwise; what happened before stays as it was. */
export interface UpgradePlan {
  readonly atMs: number
  readonly shows?: ScriptPlan['shows']
  readonly rounding?: ScriptPlan['rounding']
  readonly chargeForm?: ScriptPlan['chargeForm']
}

export type Ending = 'Completed' | 'Partial' | 'Canceled' | 'Failed'
export type Service = 'default' | 'package' | 'comments-package'

/** How an order ends, and what becomes of its money. */
export interface EndPlan {
  readonly endsMs: number
  readonly ending: Ending
  /** Not delivered when it ends; negative: delivered more. */
  readonly remains: number
  /** After its end until the wallet has it; null: never credited. */
  readonly creditAfterMs: number | null
  /** After that, the same once more; null: not. */
  readonly againAfterMs: number | null
  /** When the panel takes that second credit back. Left out: never. */
  readonly againTakenMs?: number
  /** While it is delivered, so many are given up and their share is credited: domain.md 0 (4). Left out: nothing is. */
  readonly early?: { readonly atMs: number; readonly remains: number }
  /** Delivered after all: what had come back is debited again. Left out: it stays as it ended. */
  readonly reopened?: { readonly atMs: number; readonly status: 'In progress' | 'Completed' }
  /** A refund after its end: of a completed order, or all that is left of a partial one that is canceled after all. */
  readonly late: { readonly atMs: number; readonly remains: number; readonly status: LateStatus } | null
  /** From then on the panel does not know it any more; null: it never forgets. */
  readonly forgottenMs: number | null
}

export type LateStatus = 'Completed' | 'Partial' | 'Canceled'

export interface OrderPlan extends EndPlan {
  readonly id: string
  readonly atMs: number
  readonly service: Service
  readonly quantity: number
  /** What was taken for it. */
  readonly gross: number
  /** Null: an order like most. */
  readonly family: FamilyPlan | null
  /** Null: only downloads tell of it, if they list it. */
  readonly typedMs: number | null
  readonly isListed: boolean
}

/** A parent whose status has no charge. Runs of a drip-feed were paid with it; posts of a subscription are paid one by one. */
export interface FamilyPlan {
  readonly kind: 'drip-feed' | 'subscription'
  readonly children: readonly ChildPlan[]
  readonly areChildrenListed: boolean
}

export interface ChildPlan extends EndPlan {
  readonly id: string
  readonly atMs: number
  readonly quantity: number
  readonly gross: number
}

export interface WalletPlan {
  readonly atMs: number
  readonly kind: 'top-up' | 'manual'
  /** Negative: taken. */
  readonly amount: number
  /** Credited with a top-up for nothing. */
  readonly bonus: number
  readonly reference: string
  /** When a file states the payment, and whether that file states the bonus; null: nobody ever does. */
  readonly statedMs: number | null
  readonly isBonusStated: boolean
  /** A later file states the same once more. */
  readonly isStatedTwice: boolean
  /** The file that states it first has a wrong row beside it. */
  readonly mistake: 'currency' | 'source' | 'amount' | null
}

export interface RatePlan {
  readonly atMs: number
  readonly service: Service
  /** Of 1,000, or of one package. */
  readonly rate: number
}

export interface ExportPlan {
  readonly atMs: number
  /** Orders placed from one instant (exclusive) to the other (inclusive). */
  readonly fromMs: number
  readonly throughMs: number
  /** The same file is imported a second time. */
  readonly isTwice: boolean
}

export interface ScanPlan {
  readonly atMs: number
  readonly fromId: number
  readonly throughId: number
}

/** An order that people place with this program. */
export interface AddPlan extends Omit<EndPlan, 'endsMs' | 'late' | 'forgottenMs'> {
  readonly atMs: number
  readonly name: string
  readonly service: Service
  readonly quantity: number
  readonly endsAfterMs: number
  /** Whoever gets no clear answer types it once more. */
  readonly isImpatient: boolean
}

/**
 * What a small world about a panel's refunds shows: a rule that is made of them and broken, exact halves that are rounded,
 * packages that give back on completion, orders that are delivered after all or refunded while they are, charges
 * shown late, shares that come back at a rate that has risen; or nothing that a wallet read each night does not tell, which nobody needs to be asked about.
 */
export type PanelFocus = 'rule' | 'halves' | 'packages' | 'reopened' | 'early' | 'shown-later' | 'dearer' | 'plain'

export interface PanelPlan {
  readonly kind: 'panel'
  readonly name: string
  readonly startMs: number
  readonly script: ScriptPlan
  /** Of the wallet. */
  readonly currency: string
  /** Whether the configuration says what currency the statuses mean when they name another one. */
  readonly isCurrencyKnown: boolean
  readonly opening: number
  /** When a file states it. */
  readonly openingStatedMs: number
  readonly chargeFromHistory: boolean
  /** Left out: the script stays what it is. */
  readonly upgrade?: UpgradePlan
  /** What the settings say of the days a credit takes. Left out: nothing. */
  readonly settlingDays?: number
  /** What people say to a rule that is proposed for refunds: yes, or nothing, or yes and soon no more. Left out: yes. */
  readonly rules?: { readonly isWanted: boolean; readonly revokedMs: number | null }
  /** Somebody puts the wallet's difference into suspense as soon as it is shown. */
  readonly isSuspending: boolean
  /** By whose days the books are kept. */
  readonly bookZone: string
  readonly csv: 'orders-page' | 'user-export'
  readonly orders: readonly OrderPlan[]
  readonly wallet: readonly WalletPlan[]
  readonly rates: readonly RatePlan[]
  readonly exports: readonly ExportPlan[]
  readonly scans: readonly ScanPlan[]
  readonly adds: readonly AddPlan[]
  /** Ids that somebody mistypes. */
  readonly mistyped: readonly { readonly atMs: number; readonly id: string }[]
}
