/**
 * The world's agenda: a binary heap ordered by instant and then by the order of scheduling. The serial breaks ties,
 * so what happens first at one instant never depends on how far the clock was moved at once.
 */

interface Entry<T> {
  readonly atMs: number
  readonly serial: number
  readonly event: T
}

export interface EventQueue<T> {
  readonly heap: Entry<T>[]
  serial: number
}

export function createEventQueue<T>(): EventQueue<T> {
  return { heap: [], serial: 0 }
}

export function enqueue<T>(queue: EventQueue<T>, atMs: number, event: T): void {
  const { heap } = queue
  const entry: Entry<T> = { atMs, serial: queue.serial, event }
  queue.serial += 1
  let index = heap.push(entry) - 1
  while (index > 0) {
    const parentIndex = (index - 1) >> 1
    const parent = heap[parentIndex]
    if (parent === undefined || isBefore(parent, entry)) break
    heap[index] = parent
    index = parentIndex
  }
  heap[index] = entry
}

/** Takes the earliest entry due at or before the instant; undefined when none is. */
export function dequeueDue<T>(queue: EventQueue<T>, untilMs: number): Entry<T> | undefined {
  const { heap } = queue
  const first = heap[0]
  if (first === undefined || first.atMs > untilMs) return undefined
  const last = heap.pop()
  if (last !== undefined && heap.length > 0) sinkFromTop(heap, last)
  return first
}

function sinkFromTop<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let index = 0
  for (;;) {
    let childIndex = index * 2 + 1
    let child = heap[childIndex]
    const right = heap[childIndex + 1]
    if (child !== undefined && right !== undefined && isBefore(right, child)) {
      childIndex += 1
      child = right
    }
    if (child === undefined || isBefore(entry, child)) break
    heap[index] = child
    index = childIndex
  }
  heap[index] = entry
}

function isBefore(left: Entry<unknown>, right: Entry<unknown>): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.serial < right.serial)
}
