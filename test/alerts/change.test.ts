/** What is said about an alert over its life, and that looking often says nothing more. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alert, AlertSeverity } from '../../src/domain/alerts/alert.ts'
import { changesOf, isWorthKeeping, type KnownAlert, type Looking } from '../../src/domain/alerts/alert-change.ts'
import type { Evidence } from '../../src/domain/alerts/alert-evidence.ts'

const HOUR_MS = 3_600_000
const REPEAT_MS = 24 * HOUR_MS

const alert = (severity: AlertSeverity): Alert => ({
  rule: 'runway',
  object: 'panel',
  severity,
  title: 't',
  detail: 'd',
})

const looking = (hour: number, evidence: Evidence = 'always'): Looking => ({
  nowMs: hour * HOUR_MS,
  repeatAfterMs: REPEAT_MS,
  evidenceOf: () => evidence,
  overTitle: () => null,
})

/** What is said at each look; `null` is a look that finds nothing. */
function saidOver(
  looks: readonly (readonly [hour: number, severity: AlertSeverity | null, evidence?: Evidence])[],
): readonly (string | null)[] {
  let open: readonly KnownAlert[] = []
  return looks.map(([hour, severity, evidence]) => {
    const found = severity === null ? [] : [alert(severity)]
    const changes = changesOf(found, open, looking(hour, evidence))
    open = changes.map(({ next }) => next).filter(({ status }) => status === 'open')
    return changes.map(({ event }) => event)[0] ?? null
  })
}

it('is kept by the reading it was judged by last, however short a time after another look', () => {
  const open = changesOf([alert('warning')], [], looking(0, 7)).map(({ next }) => next)
  const look = (evidence: Evidence): boolean => {
    const at = looking(0.01, evidence)
    return isWorthKeeping(changesOf([alert('warning')], open, at), open, at.nowMs)
  }
  expect([look(7), look(8)]).toEqual([false, true])
})

describe('a source that still cannot be read', () => {
  it('is told again with its newest attempt, and is neither over nor worse by it', () => {
    const failed = (detail: string): Alert => ({
      ...alert('warning'),
      rule: 'sourceFailed',
      object: 'panel: unreachable',
      detail,
    })
    const first = changesOf([failed('first night')], [], looking(0, 7)).map(({ next }) => next)
    const [again] = changesOf([failed('second night')], first, looking(24, 7))
    expect(again).toMatchObject({
      event: 'repeated',
      next: { status: 'open', severity: 'warning', detail: 'second night' },
    })
    const wallet = changesOf([alert('warning')], [], looking(0, 7)).map(({ next }) => next)
    const [same] = changesOf([{ ...alert('critical'), detail: 'other days' }], wallet, looking(24, 7))
    expect(same).toMatchObject({ event: 'repeated', next: { severity: 'warning', detail: 'd' } })
  })
})

describe('what is said about an alert', () => {
  it.each([
    [
      'opens once',
      [
        [0, 'warning'],
        [1, 'warning'],
        [2, 'warning'],
      ],
      ['opened', null, null],
    ],
    [
      'is over once',
      [
        [0, 'warning'],
        [1, null],
        [2, null],
      ],
      ['opened', 'resolved', null],
    ],
    [
      'opens again',
      [
        [0, 'warning'],
        [1, null],
        [2, 'warning'],
      ],
      ['opened', 'resolved', 'opened'],
    ],
    [
      'gets worse',
      [
        [0, 'warning'],
        [1, 'critical'],
        [2, 'critical'],
      ],
      ['opened', 'raised', null],
    ],
    [
      'swings',
      [
        [0, 'critical'],
        [1, 'warning'],
        [2, 'critical'],
      ],
      ['opened', null, null],
    ],
    [
      'goes on for a day',
      [
        [0, 'warning'],
        [23, 'warning'],
        [24, 'warning'],
        [47, 'warning'],
        [48, 'warning'],
      ],
      ['opened', null, 'repeated', null, 'repeated'],
    ],
    [
      'gets worse, then goes on',
      [
        [0, 'warning'],
        [23, 'critical'],
        [24, 'critical'],
        [47, 'critical'],
      ],
      ['opened', 'raised', null, 'repeated'],
    ],
    [
      'is not over, and not worse, by the reading it was raised by',
      [
        [0, 'warning', 7],
        [1, null, 7],
        [2, 'critical', 7],
        [25, null, 7],
        [26, null, 8],
      ],
      ['opened', null, null, 'repeated', 'resolved'],
    ],
    [
      'is worse by a newer reading, and not over by none',
      [
        [0, 'warning', 7],
        [1, 'critical', 8],
        [2, null, 8],
        [3, null, null],
      ],
      ['opened', 'raised', null, 'resolved'],
    ],
    [
      'is over by the first reading there ever was',
      [
        [0, 'critical', null],
        [1, null, null],
        [2, null, 1],
      ],
      ['opened', null, 'resolved'],
    ],
    [
      'is seen by a clock that was set back',
      [
        [50, 'warning'],
        [0, 'warning'],
        [73, 'warning'],
        [74, 'warning'],
      ],
      ['opened', null, null, 'repeated'],
    ],
  ] as const)('%s', (_what, looks, said) => {
    expect(saidOver(looks)).toEqual(said)
  })

  it('alternates between opened and resolved, and says at most one thing a day besides, however often it is looked at', () => {
    const look = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom('warning', null))
    fc.assert(
      fc.property(fc.array(look, { maxLength: 60 }), (steps) => {
        let hour = 0
        const looks = steps.map(([later, severity]) => [(hour += later), severity] as const)
        const said = saidOver(looks)
        const turns = said.filter((event) => event === 'opened' || event === 'resolved')
        expect(turns.every((event, index) => event === (index % 2 === 0 ? 'opened' : 'resolved'))).toBe(true)
        expect(said.filter((event) => event === 'repeated').length).toBeLessThanOrEqual(Math.floor(hour / 24))
      }),
    )
  })
})
