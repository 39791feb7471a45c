// Entries whose content follows from their id, so that whoever reads them back knows what must stand there.

/** @param {string} projectId @param {string} id @param {number} [padding] characters more */
export function entryOf(projectId, id, padding = 0) {
  return {
    id,
    project_id: projectId,
    chat_id: 'chat-1',
    model: 'gpt-4o',
    status: /** @type {const} */ ('success'),
    usage: { prompt_tokens: 3, completion_tokens: 4 },
    metadata: { text: textOf(id), ...(padding > 0 ? { padding: 'p'.repeat(padding) } : {}) },
  }
}

/** Of 10 to 400 characters with one to four bytes each. @param {string} id */
export function textOf(id) {
  let sum = 0
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 9_973
  return `${id} ${'xä€😀'.repeat(2 + (sum % 98))}`
}
