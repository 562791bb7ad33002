/** What no client should do, seen from the vendor's side: each watcher gives sentences, none when all is well. */
import type { SandboxRequest } from '../../../../src/sandbox/http-reply.ts'
import type { HandEntry } from '../../../../src/sandbox/targets/hand.ts'
import type { SiteReply, SiteRequest } from '../../kernel/network.ts'
import { documentOf, isLive } from './entry.ts'
import type { Vendor } from './vendor.ts'

interface Closing {
  readonly close: (through: string | null) => void
  readonly documentIn: (body: string) => string
  readonly dateIn: (body: string) => string | null
}

/** What says through which day the books are closed. */
const TELLS_CLOSING = /\/(preferences|Organisation)$/

/** Nothing is sent into closed books by a process that was told so. */
export function watchClosing({ close, dateIn, documentIn }: Closing): Pick<Vendor, 'close'> & {
  readonly heard: (request: SiteRequest, reply: SiteReply) => readonly string[]
  readonly misdeeds: (from: string, body: string) => readonly string[]
} {
  let closedThrough: string | null = null
  const toldTo = new Set<string>()
  return {
    close: (through) => {
      toldTo.clear()
      closedThrough = through
      close(through)
    },
    heard: ({ url, from }, { status }) => {
      if (status === 200 && from !== undefined && TELLS_CLOSING.test(url.pathname)) toldTo.add(from)
      return []
    },
    misdeeds: (from, body) => {
      const date = toldTo.has(from) ? dateIn(body) : null
      if (date === null || closedThrough === null || date > closedThrough) return []
      return [`${documentIn(body)} of ${date} was sent into books that are said to be closed through ${closedThrough}`]
    },
  }
}

/** Shorter than the program may take for a renewal before another process does it. */
const AT_ONCE_MS = 5000

/** One grant is renewed by one process at a time: of two, one is refused, or ends what the other one was given. */
export function watchRenewals(nowMs: () => number): {
  readonly arrived: (from: string, body: string) => void
  readonly heard: (request: SiteRequest) => readonly string[]
} {
  /** By the token that is renewed: who asked, when, and who else did meanwhile. */
  const asked = new Map<string, { readonly from: string; readonly atMs: number; other: string | null }>()
  return {
    arrived: (from, body) => {
      if (!isRenewal(body)) return
      const first = asked.get(body)
      if (first === undefined || nowMs() - first.atMs > AT_ONCE_MS)
        asked.set(body, { from, atMs: nowMs(), other: null })
      else if (first.from !== from) first.other = from
    },
    heard: ({ from, body }) => {
      const first = isRenewal(body) ? asked.get(body) : undefined
      if (first === undefined || first.from !== from) return []
      asked.delete(body)
      return first.other === null ? [] : [`${first.other} renewed a grant which ${from} was renewing`]
    },
  }
}

function isRenewal(body: string): boolean {
  return body.includes('grant_type=refresh_token')
}

/** One key never with two contents; and only creations, since nothing in a company's books is the program's to change. */
export function watchKeys(told: Map<string, string>, request: SandboxRequest): readonly string[] {
  const { query, headers, body, path } = request
  const key = query.get('requestid') ?? headers['idempotency-key']
  if (typeof key !== 'string' || key === '') return [`a request to ${path} carries no key`]
  const isChange =
    query.has('operation') || /"(Id|ManualJournalID)"\s*:/.test(body.replaceAll(/"AccountRef":\{[^}]*\}/g, ''))
  const before = told.get(key)
  told.set(key, body)
  return [
    ...(before !== undefined && before !== body ? [`key ${key} was used for two contents`] : []),
    ...(isChange ? [`a request to ${path} changes what is there: ${body.slice(0, 120)}`] : []),
  ]
}

/** An entry that appeared under the number of one that was there. */
export interface Twin {
  readonly document: string
  /** The one that was there. */
  readonly before: string
  /** It was there, and dated otherwise. */
  readonly isDatedAnew: boolean
}

/** Whatever is deleted soon after, for that time it was there twice. */
export function watchTwins(news: HandEntry, entries: readonly HandEntry[]): readonly Twin[] {
  const twins = entries.filter(
    (each) => each.id !== news.id && isLive(each) && isLive(news) && documentOf(each) === documentOf(news),
  )
  return twins.map(({ id, date }) => ({ document: documentOf(news), before: id, isDatedAnew: date !== news.date }))
}
