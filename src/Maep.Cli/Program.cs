using Maep.Cli;

NativeProcess.Prepare();
using var interruption = new Interruption();
return await Tool.Run(args, interruption.Token).ConfigureAwait(false);
