/** Which of two equal entries is the one that came from here, as the books have taken it. */
import { documentOf, isLive } from './entry.ts'
import { isOfApp, look, type Scene } from './scene.ts'

/** Whether the books have ever taken an entry for theirs: the target and its id. */
export const WAS_KNOWN = 'select 1 from outbox_attempt where target = ? and remote_id = ?'

/**
 * Of an entry that nobody here knew of and its copy by hand neither is the first: the one that was taken is ours from then
 * on, and the other one, if it is still there as it was, is the copy.
 */
export function takeCopies(scene: Scene): void {
  const { vendor, copies, touched, plan } = scene
  for (const [id, { of, kind }] of copies) {
    const [taken] = look(
      scene,
      'select 1 from outbox where target = ? and document = ? and remote_id = ?',
      plan.name,
      of,
      id,
    )
    if (kind !== 'copy' || taken === undefined) continue
    const all = vendor.entries().filter((entry) => isLive(entry) && documentOf(entry) === of)
    const others = all.filter((entry) => isOfApp(scene, entry) && !touched.has(entry.id))
    // Whoever knew which one was its own may not take the other.
    if (others.some((other) => look(scene, WAS_KNOWN, plan.name, other.id).length > 0)) continue
    copies.delete(id)
    vendor.byHand.delete(id)
    vendor.created.set(id, scene.nowMs())
    for (const other of others) {
      vendor.created.delete(other.id)
      vendor.byHand.add(other.id)
      copies.set(other.id, { of, kind })
    }
  }
}
