// Imagicle's API as .NET's own JSON serializer reads and writes it: the sandbox's answer is read
// into the vendor's classes and written again. Knowledge base, articles 412, 413, 801 and 802.
using System;
using System.IO;
using System.Net;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Web;

namespace StoneFax
{
    [DataContract]
    public class Party
    {
        [DataMember] public string name, faxNumber;
    }

    [DataContract]
    public class Summary
    {
        [DataMember] public string faxId, username, subject, status;
        [DataMember] public Party recipient;
        [DataMember] public DateTime date;
    }

    [DataContract]
    public class InboundSummary : Summary
    {
        [DataMember] public Party sender;
    }

    [DataContract(Namespace = "StoneFax.Faxes"), KnownType(typeof(OutboundFax)), KnownType(typeof(InboundFax))]
    public class Fax
    {
        [DataMember] public string detailedStatus, faxId, serverName, status, username, subject;
        [DataMember] public Party recipient;
        [DataMember] public int? numberOfPages, size;
        [DataMember] public DateTime? submitTime, startTime, endTime;
    }

    [DataContract(Namespace = "StoneFax.Faxes")]
    public class OutboundFax : Fax
    {
        [DataMember] public int? Q931Code;
        [DataMember] public string failureReason;
    }

    [DataContract(Namespace = "StoneFax.Faxes")]
    public class InboundFax : Fax
    {
        [DataMember] public Party sender;
    }

    [DataContract]
    public class Wrapped
    {
        [DataMember] public Fax fax;
    }

    [DataContract]
    public class OutboundList
    {
        [DataMember] public Summary[] faxList;
    }

    [DataContract]
    public class InboundList
    {
        [DataMember] public InboundSummary[] faxList;
    }

    public class Handler : IHttpHandler
    {
        // As the vendor's examples have times: of the server's clock, with seven digits.
        static readonly DataContractJsonSerializerSettings Vendors = new DataContractJsonSerializerSettings
        {
            DateTimeFormat = new DateTimeFormat("yyyy-MM-dd'T'HH:mm:ss.fffffff"),
        };

        // As .NET has them unless told otherwise: "\/Date(1480089460000+0100)\/".
        static readonly DataContractJsonSerializerSettings Nets = new DataContractJsonSerializerSettings();

        public bool IsReusable { get { return true; } }

        public void ProcessRequest(HttpContext context)
        {
            // As it was sent: an id may hold an encoded slash.
            var url = context.Request.Headers["X-Url"];
            var asked = (HttpWebRequest)WebRequest.Create(new Uri(Bridge.Url + url, UriKind.Absolute));
            asked.Headers["Authorization"] = context.Request.Headers["Authorization"];
            try
            {
                using (var answer = (HttpWebResponse)asked.GetResponse())
                    Write(context.Response, url, answer.GetResponseStream());
            }
            catch (WebException refused)
            {
                var answer = (HttpWebResponse)refused.Response;
                context.Response.StatusCode = (int)answer.StatusCode;
                if (answer.Headers["WWW-Authenticate"] != null)
                    context.Response.AddHeader("WWW-Authenticate", answer.Headers["WWW-Authenticate"]);
            }
        }

        static void Write(HttpResponse response, string url, Stream content)
        {
            var type = TypeOf(url);
            var value = new DataContractJsonSerializer(type, Vendors).ReadObject(content);
            var settings = url.StartsWith("/dates/") ? Nets : Vendors;
            response.ContentType = "application/json; charset=utf-8";
            new DataContractJsonSerializer(type, settings).WriteObject(response.OutputStream, value);
        }

        static Type TypeOf(string url)
        {
            var inbound = url.Contains("/Inbound/");
            if (url.Contains("/Mine")) return inbound ? typeof(InboundList) : typeof(OutboundList);
            return inbound ? typeof(Wrapped) : typeof(Fax);
        }
    }
}
