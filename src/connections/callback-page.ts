/** The page the browser ends on. It repeats nothing that came in the address and loads nothing. */

export interface CallbackPage {
  readonly status: number
  readonly title: string
  readonly text: string
}

export const PAGES = {
  received: {
    status: 200,
    title: 'Consent received',
    text: 'tieout has its access. You can close this window and go back to the terminal.',
  },
  refused: {
    status: 200,
    title: 'Not connected',
    text: 'The consent was not given, and nothing was connected. Run tieout connect again if that was a mistake.',
  },
  failed: {
    status: 502,
    title: 'Not connected',
    text: 'The consent was given, but no access came of it. The terminal says why.',
  },
  foreign: {
    status: 400,
    title: 'Not for this consent',
    text: 'This address does not belong to the consent that was started last. Use the newest address the terminal shows.',
  },
  used: {
    status: 409,
    title: 'Already received',
    text: 'This consent has been received and cannot be used twice. The terminal says what came of it.',
  },
  unknown: { status: 404, title: 'Nothing here', text: 'This is not the address the consent page comes back to.' },
} as const satisfies Readonly<Record<string, CallbackPage>>

export function pageHtml({ title, text }: CallbackPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} - tieout</title>
<style>
  body { font: 18px/1.5 system-ui, sans-serif; max-width: 32em; margin: 15vh auto; padding: 0 1em; }
  @media (prefers-color-scheme: dark) { body { background: #16181b; color: #e6e6e6; } }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`
}

/** The address holds a code, so no other page may learn it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
}
