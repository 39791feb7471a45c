// Numbers that look random and are the same in every run.

/** @param {number} seed @returns {() => number} from 0 to 1 */
export function randomNumbers(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
