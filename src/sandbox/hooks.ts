/**
 * Where the simulated vendors post their webhooks when a `tieout serve` is to take them: each source at the address of
 * its own. The secrets in the addresses belong to the sandbox alone and protect nothing, like its keys.
 */
import type { WorldOptions } from './world/options.ts'

/** `serveUrl` without a slash at the end. The documents give advertisers no webhook. */
export function withHooks(options: WorldOptions, serveUrl: string): WorldOptions {
  const webhookUrl = (name: string): string =>
    `${serveUrl}/hooks/${encodeURIComponent(name)}/sandbox-${name.replaceAll(/[^\w-]/g, '_')}-webhook-secret`
  return {
    ...options,
    publishers: options.publishers.map((publisher) => ({ ...publisher, webhookUrl: webhookUrl(publisher.name) })),
    panels: options.panels.map((panel) => ({ ...panel, webhookUrl: webhookUrl(panel.name) })),
  }
}

/** What a configuration names as the source's `webhookSecret`: the last part of the address. */
export function secretOf(webhookUrl: string): string {
  return webhookUrl.slice(webhookUrl.lastIndexOf('/') + 1)
}
