//! The command `aloft`.

fn main() -> std::process::ExitCode {
    aloft_cli::run(std::env::args_os())
}
