/** What an answer was lost for and has not happened yet: it does when the next request but one arrives. */

export interface LateCommit {
  requestsLeft: number
  readonly commit: () => void
}

interface HasLate {
  late: LateCommit[]
}

const LATE_REQUESTS = 2

export function commitLater(owner: HasLate, commit: () => void): void {
  owner.late.push({ requestsLeft: LATE_REQUESTS, commit })
}

/** Every request lets what is late come nearer. */
export function settleLate(owner: HasLate): void {
  for (const late of owner.late) late.requestsLeft -= 1
  commitDue(owner)
}

/** It happens now: whoever asks again with the same key waits for the first request. */
export function settleAllLate(owner: HasLate): void {
  for (const late of owner.late) late.requestsLeft = 0
  commitDue(owner)
}

function commitDue(owner: HasLate): void {
  const due = owner.late.filter(({ requestsLeft }) => requestsLeft <= 0)
  owner.late = owner.late.filter(({ requestsLeft }) => requestsLeft > 0)
  for (const { commit } of due) commit()
}
