/** Bugs about people, the operator and the nights: who works at the same time, what is decided twice, and what stays as it was. */
import type { Planted } from './planted.ts'

export const OF_PEOPLE: readonly Planted[] = [
  {
    name: 'lease-not-looked-at',
    kind: 'lease',
    file: 'pipeline/lease.ts',
    find: 'if (held !== undefined && isClaimed',
    instead: 'if (held !== undefined && book < 0n && isClaimed',
  },
  {
    name: 'lease-of-another-renewed',
    kind: 'lease',
    file: 'pipeline/lease.ts',
    find: "    .where('holder', '=', lease.holder)\n    .executeTakeFirst()",
    instead: '    .executeTakeFirst()',
  },
  {
    name: 'decision-about-another-object',
    kind: 'look-up',
    file: 'reconcile/exceptions.ts',
    find: "    .where('code', '=', code)\n    .where('object', '=', object)\n    .executeTakeFirst()\n  return row === undefined ? null : toStored(row)",
    instead:
      "    .where('code', '=', code)\n    .orderBy('number')\n    .executeTakeFirst()\n  return row === undefined ? null : toStored(row)",
  },
  {
    name: 'closed-exception-decided-again',
    kind: 'held state',
    file: 'pipeline/process/resolutions/plan.ts',
    find: "if (exception.status !== 'open') return refused('it is closed')",
    instead: '',
  },
  {
    name: 'evidence-booked-once-more',
    kind: 'look-up',
    file: 'pipeline/process/evidence-rows.ts',
    find: 'if (await isBooked(context, source, object, totals)) {',
    instead: "if (object === '') {",
  },
  {
    name: 'night-done-without-a-run',
    kind: 'fault path',
    file: 'cli/serve/night-outcome.ts',
    find: "return { kind: 'crashed', detail: `Its process was ended",
    instead: "return { kind: 'done', detail: `Its process was ended",
  },
  {
    name: 'night-due-a-day-late',
    kind: 'date',
    file: 'domain/time/schedule.ts',
    find: 'const candidates = [1, 0, -1, -2].map(',
    instead: 'const candidates = [-1, -2].map(',
  },
  {
    name: 'page-knows-what-came-later',
    kind: 'date',
    file: 'reconcile/vendor-figure.ts',
    find: "    .where('currency', '=', control.currency)\n    .where('batch', '<=', BigInt(batch))",
    instead: "    .where('currency', '=', control.currency)",
  },
  {
    name: 'one-person-is-two',
    kind: 'approval',
    file: 'pipeline/exception-permission.ts',
    find: 'if (assigners.some((each) => !isSamePerson(each, by))) return null',
    instead: 'if (assigners.length > 0) return null',
  },
  {
    name: 'two-persons-not-asked-for',
    kind: 'approval',
    file: 'pipeline/exception-decisions.ts',
    find: 'if (book.journals.differentApprover && booked > book.exceptions.reviewAbove) {',
    instead: 'if (book.journals.differentApprover && booked > book.exceptions.escalateAbove * 1000n) {',
  },
  {
    name: 'match-undone-in-name-only',
    kind: 'sign',
    file: 'pipeline/process/settle-matches.ts',
    find: 'const wanted = desired.get(id)\n      const about = {\n        source: account.name',
    instead:
      'const wanted = desired.get(id)\n      if (wanted === undefined) continue\n      const about = {\n        source: account.name',
  },
  {
    name: 'counter-decided-and-not-judged',
    kind: 'held state',
    file: 'pipeline/process/counter-decision.ts',
    find: '  await judgeAgainFrom(work, first)\n  const refused',
    instead: '  if (about.earned === null) await judgeAgainFrom(work, first)\n  const refused',
  },
  {
    name: 'resolution-stands-for-ever',
    kind: 'held state',
    file: 'domain/exceptions/transition.ts',
    find: "return before.resolvedFacts === facts ? 'refreshed' : 'reopened'",
    instead: "return before.resolvedFacts !== null ? 'refreshed' : 'reopened'",
  },
  {
    name: 'renamed-source-takes-the-place',
    kind: 'look-up',
    file: 'ledger/books.ts',
    find: 'const id = BigInt(ids.size + 1)\n    await db.insertInto',
    instead:
      "const id = BigInt(ids.size + 1)\n    const old = [...ids].find(([each]) => name.startsWith(each))\n    if (old !== undefined) { await db.updateTable('source').set({ name }).where('book', '=', book.id).where('id', '=', old[1]).execute(); ids.set(name, old[1]); continue }\n    await db.insertInto",
  },
]
