// Calls services by the classes that .NET makes of their descriptions: a call a line comes in, and an
// answer a line goes out.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Web.Script.Serialization;
using System.Web.Services.Protocols;

public static class Client
{
    public static void Main()
    {
        var json = new JavaScriptSerializer();
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            var call = (IDictionary<string, object>)json.DeserializeObject(line);
            object answer;
            try { answer = Answer(call); }
            catch (TargetInvocationException error)
            {
                answer = new Dictionary<string, object> { { "error", error.InnerException.ToString() } };
            }
            Console.WriteLine(json.Serialize(Text.Of(answer)));
        }
    }

    /// <summary>What a method returns, by no name, and its by-ref parameters.</summary>
    static object Answer(IDictionary<string, object> call)
    {
        var type = Type.GetType((string)call["type"], true);
        var service = (SoapHttpClientProtocol)Activator.CreateInstance(type);
        service.Url = (string)call["url"];
        service.SoapVersion =
            (string)call["version"] == "1.2" ? SoapProtocolVersion.Soap12 : SoapProtocolVersion.Soap11;
        var method = type.GetMethod((string)call["name"]);
        var parameters = method.GetParameters();
        var given = (IDictionary<string, object>)call["arguments"];
        if (given.Keys.Except(parameters.Select(each => each.Name)).Any())
            throw new Exception(method.Name + " has other parameters");
        var values = parameters.Select(each => Value(each, given)).ToArray();
        var answer = new Dictionary<string, object> { { "", method.Invoke(service, values) } };
        foreach (var each in parameters.Where(each => each.ParameterType.IsByRef))
            answer[each.Name] = values[each.Position];
        return answer;
    }

    static object Value(ParameterInfo parameter, IDictionary<string, object> given)
    {
        var type = parameter.ParameterType;
        object value;
        given.TryGetValue(parameter.Name, out value);
        return Text.ToNet(type.IsByRef ? type.GetElementType() : type, value);
    }
}
