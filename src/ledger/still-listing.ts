/** The files of a journal as they were at one moment. */

/** Each time that is in vain needs a file that got another name, or another form, while its folder was read. */
const MAX_LISTS = 100

/**
 * What `use` makes of a list that was the same before and after: names are not used again, so no file was closed,
 * compressed or deleted meanwhile, and each line is in one file.
 */
export async function withStillList<L, T>(
  list: () => L | Promise<L>,
  isSame: (before: L, after: L) => boolean,
  use: (listed: L) => Promise<T>,
): Promise<T> {
  let before = await list()
  for (let lists = 1; ; lists++) {
    const used = await use(before)
    const after = await list()
    if (isSame(before, after) || lists === MAX_LISTS) return used
    before = after
  }
}
