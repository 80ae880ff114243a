// What the services answer is decided by the sandbox in the test's process: .NET only reads the
// requests and writes the answers.
using System;
using System.Collections.Generic;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Web.Script.Serialization;

public class Answer
{
    readonly IDictionary<string, object> values;

    public Answer(IDictionary<string, object> values) { this.values = values; }

    public T Get<T>(string name) { return (T)Text.ToNet(typeof(T), values[name]); }
}

public static class Bridge
{
    public static readonly string Url = Environment.GetEnvironmentVariable("BRIDGE_URL");

    static Bridge()
    {
        // .NET would wait a third of a second for the bridge to say that it wants the body.
        ServicePointManager.Expect100Continue = false;
        // It would open two connections to it, and add a thread each half second.
        ServicePointManager.DefaultConnectionLimit = 50;
        ThreadPool.SetMinThreads(50, 50);
    }

    /// <summary>What the sandbox answers to an operation, which is the calling method.</summary>
    public static Answer Ask(object request, [CallerMemberName] string operation = null)
    {
        var json = new JavaScriptSerializer { MaxJsonLength = int.MaxValue };
        using (var client = new WebClient { Encoding = Encoding.UTF8 })
        {
            var text = client.UploadString(Url + "/" + operation, json.Serialize(Text.Of(request)));
            var answer = (IDictionary<string, object>)json.DeserializeObject(text);
            if (answer.ContainsKey("error"))
                throw new Exception((string)answer["error"]);
            return new Answer((IDictionary<string, object>)answer["values"]);
        }
    }

    /// <summary>A result code, where an operation answers nothing else.</summary>
    public static int Do(object request, [CallerMemberName] string operation = null)
    {
        return Ask(request, operation).Get<int>(operation + "Result");
    }
}
