const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Of HTML, in text and in quoted attributes. */
export function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (char) => HTML[char] ?? char)
}

/**
 * Of Slack's mrkdwn: its three characters as entities, so that no link and no @channel comes out of a label. A zero-width joiner keeps
 * what would format text (star, underscore, tilde, backquote) from doing so.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeMrkdwn(value: string): string {
  return value.replace(/[&<>]/g, (char) => HTML[char] ?? char).replace(/[*_~`]/g, (char) => `\u200d${char}\u200d`)
}

/** Of plain text: control characters are left out, lines and tabs stay. */
export function plain(value: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return value.replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '')
}

/** For a subject or a headline. */
export function oneLine(value: string): string {
  return plain(value).replace(/\s+/g, ' ').trim()
}
