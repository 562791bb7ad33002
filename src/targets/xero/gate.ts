/** At most so many at once; the others wait in the order they came. Xero refuses a sixth request while five are open. */

export interface Gate {
  /** Resolves to what lets the next one in; rejects with the signal's reason when that fires first. */
  readonly enter: (signal: AbortSignal) => Promise<() => void>
}

export function createGate(most: number): Gate {
  let inside = 0
  const waiting: (() => void)[] = []

  const leave = (): void => {
    inside -= 1
    waiting.shift()?.()
  }
  /** For one use: leaving twice would let two in. */
  const pass = (): (() => void) => {
    inside += 1
    let used = false
    return () => {
      if (!used) leave()
      used = true
    }
  }
  return {
    enter: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        if (inside < most) return resolve(pass())
        const turn = (): void => {
          signal.removeEventListener('abort', giveUp)
          resolve(pass())
        }
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(turn), 1)
          reject(signal.reason)
        }
        waiting.push(turn)
        signal.addEventListener('abort', giveUp, { once: true })
      }),
  }
}
