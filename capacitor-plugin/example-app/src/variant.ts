/** Builds that must be rolled back, chosen by `VITE_VARIANT`: each fails before anything is shown, but `silent`. */

const variant = import.meta.env.VITE_VARIANT || 'good';

/** Shows everything and never says that it works. */
export const silent = variant === 'silent';

/** Fails as the build was told to; a good one returns. */
export function misbehave(): void {
  if (variant === 'throws') throw new Error('this build throws at its start');
  // An empty loop would be dropped as dead code.
  if (variant === 'hangs') for (;;) document.title = String(Date.now());
  if (variant === 'loops') {
    location.reload();
    // The reload comes later; the page must not go on and confirm meanwhile.
    throw new Error('this build loads its page for ever');
  }
}
