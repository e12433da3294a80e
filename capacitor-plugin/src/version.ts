/** The version of this package; `check:wiring` compares it with package.json. */
export const VERSION = '0.1.0';
