/** What the parts of a company share while a run goes on: the vendor, what hands did there, and what people typed. */
import type { Books } from '../../oracles/books.ts'
import type { Finding } from '../part.ts'
import type { CompanyHome, CompanyPlan, TouchKind } from './plan.ts'
import type { Entry, Vendor } from './vendor.ts'

export interface Touch {
  readonly document: string
  readonly how: TouchKind
  readonly mend: 'back' | 'again'
  /** As it was before. */
  readonly before: Entry
  /** As the hand left it, as text. */
  readonly after: string
  /** What of it whoever is told must read: the new date, account, memo or amount. */
  readonly news: string
  /** True time. */
  readonly atMs: number
}

/** An entry of somebody's own that looks like one of ours. */
export interface Copy {
  readonly of: string
  /** A twin is another transaction that only looks the same. */
  readonly kind: 'copy' | 'twin'
}

export interface TypedLine {
  readonly what: 'prepare' | 'approve' | 'reverse' | 'replace' | 'retry'
  readonly book: string
  readonly by: string
  /** Of prepare and approve. */
  readonly through: string
  /** True time. */
  readonly atMs: number
  /** The document, of retry. */
  readonly about?: string
}

export interface Scene {
  readonly plan: CompanyPlan
  readonly vendor: Vendor
  readonly nowMs: () => number
  /** By the entry's id. */
  readonly touched: Map<string, Touch>
  readonly copies: Map<string, Copy>
  /** Documents of which an entry was deleted or voided there at some time. */
  readonly removed: Set<string>
  /** Ids of entries made before a backup was restored: its books may not know them. */
  readonly orphans: Set<string>
  readonly typed: TypedLine[]
  /** What people signed for a book's journals, at whichever of its companies somebody was about. */
  readonly signed: TypedLine[]
  /** Journals of which somebody has waved a twin through. */
  readonly waved: Set<string>
  /** Holds that took a while, as "book document n": from when they hold no table says. */
  readonly slowHolds: Set<string>
  /** What was noticed outside of a check. */
  readonly findings: Finding[]
  /** Null before the first night. */
  books: Books | null
  /** True times: until when what was sent is proven, and when a backup was noticed last. */
  provenMs: number
  restoredMs: number
  /** By book: the journals that were held when it was looked at last, each with the word that holds it. */
  readonly held: Map<string, { readonly seenMs: number; readonly words: ReadonlyMap<string, string> }>
  /** Days through which the company's books have been closed at some time. */
  readonly closes: Set<string>
  /** How many quiet evenings there have been. */
  quietEvenings: number
}

export function newScene(plan: CompanyPlan, vendor: Vendor, nowMs: () => number, signed: TypedLine[]): Scene {
  return {
    plan,
    vendor,
    nowMs,
    touched: new Map(),
    copies: new Map(),
    removed: new Set(),
    orphans: new Set(),
    typed: [],
    signed,
    waved: new Set(),
    slowHolds: new Set(),
    closes: new Set(),
    held: new Map(),
    findings: [],
    books: null,
    provenMs: 0,
    restoredMs: 0,
    quietEvenings: 0,
  }
}

type Row = Readonly<Record<string, unknown>>

/** Rows of the database as a person's screen shows them now; none before the first night. */
export function look({ books }: Scene, sql: string, ...values: readonly unknown[]): readonly Row[] {
  return books === null ? [] : books.rows(sql, ...values)
}

export function isOfApp({ vendor }: Scene, { id }: Entry): boolean {
  return vendor.created.has(id)
}

/** Of an entry, or of a thing with amounts: the same text for the same content. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))
}

/** Documents about which an exception of this target is open, with its code, and of one that was changed there how. */
export function openAbout(
  scene: Scene,
  { book }: CompanyHome,
): readonly {
  readonly number: number
  readonly code: string
  readonly document: string
  readonly how: string
  readonly detail: string
}[] {
  return look(
    scene,
    `select number, code, object, detail from exception where status = 'open' and source = ?
     and book = (select id from book where name = ?) order by code, object`,
    scene.plan.name,
    book,
  ).map(({ number, code, object, detail }) => ({
    number: Number(number),
    code: String(code),
    document: String(object)
      .replace(/^[a-z]+:/, '')
      .replace(/:[a-z]+$/, ''),
    how: /:([a-z]+)$/.exec(String(object))?.[1] ?? '',
    detail: String(detail),
  }))
}
