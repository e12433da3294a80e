/** What a build is told. */
interface ImportMetaEnv {
  readonly VITE_VARIANT?: 'good' | 'silent' | 'throws' | 'hangs' | 'loops';
  readonly VITE_VERSION?: string;
}
