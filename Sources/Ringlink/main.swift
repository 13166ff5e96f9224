import ArgumentParser
import Dispatch
import Glibc

// A supervised process gives up root before it has a second thread: what the kernel shows of a process is its first thread's.
do {
    try ServiceIdentity.take(CommandLine.arguments)
} catch {
    Console.complain("\(error)")
    exit(EXIT_FAILURE)
}

Task.detached {
    await RinglinkCommand.main()
    exit(EXIT_SUCCESS)
}
// The first thread stays and does nothing: `dispatchMain()` would end it, and the process's face with it.
DispatchSemaphore(value: 0).wait()
