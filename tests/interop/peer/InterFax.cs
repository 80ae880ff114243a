// InterFax's services, by hand from the operation pages of dfs.asmx and inbound.asmx, "Interfax
// Admin Web service v1.0" and the GetOutboundActivity reference page.
using System;
using System.Web.Services;

public class FaxItemEx
{
    public int ParentTransactionID, TransactionID;
    public DateTime SubmitTime, PostponeTime, CompletionTime;
    public string UserID, Contact, JobID, DestinationFax, ReplyEmail, RemoteCSID;
    public short PagesSent;
    public int Status, Duration;
    public string Subject;
    public short PagesSubmitted;
    public string SenderCSID;
    public short Priority;
    public decimal Units, CostPerUnit;
    public string PageSize, PageOrientation, PageResolution, RenderingQuality, PageHeader;
    public short RetriesToPerform, TrialsPerformed;
}

// Not derived from FaxItemEx: the schema would say so, and the vendor's pages do not.
public class FaxItemEx2
{
    public int ParentTransactionID, TransactionID;
    public DateTime SubmitTime, PostponeTime, CompletionTime;
    public string UserID, Contact, JobID, DestinationFax, ReplyEmail, RemoteCSID;
    public short PagesSent;
    public int Status, Duration;
    public string Subject;
    public short PagesSubmitted;
    public string SenderCSID;
    public short Priority;
    public decimal Units, CostPerUnit;
    public string PageSize, PageOrientation, PageResolution, RenderingQuality, PageHeader;
    public short RetriesToPerform, TrialsPerformed;
    public int LocaleID, GMTBias, RetriesInterval;
    public string UserData, DeleteAfterUsage, Mode;
    public int NumOfTransactions;
    public string MessageID;
}

public class QueryCondition { public string Verb, VerbData; }

public class QueryForm
{
    public QueryCondition Subject, FaxNumber;
    public DateTime DateFrom, DateTo;
    public QueryCondition UserID, ReplyAddress, TransactionID, ParentTransactionID, Status;
    public bool ShowHiddenTransactions;
}

public class QueryControl
{
    public bool OnlyParents;
    public int NumOfResults, StartingRecord;
    public string OrderBy;
    public bool AscOrderDirection, ReturnItems, ReturnStats;
}

public class StatusCount { public int Status, Count; }

public class FaxQuery2Answer
{
    public int ResultCode;
    public FaxItemEx2[] FaxItems;
    public StatusCount[] Stats;
    public string ErrorsDescriptionHTMLFormat;
    public int TotalTransactionsNum;
}

[WebService(Namespace = "http://www.interfax.cc")]
public class Dfs : WebService
{
    [WebMethod]
    public FaxItemEx[] FaxStatusEx(
        string Username, string Password, int LastTransactionID, int MaxItems,
        ref int TotalCount, ref int ListSize, ref int ResultCode)
    {
        var answer = Bridge.Ask(new { Username, Password, LastTransactionID, MaxItems, TotalCount, ListSize, ResultCode });
        TotalCount = answer.Get<int>("TotalCount");
        ListSize = answer.Get<int>("ListSize");
        ResultCode = answer.Get<int>("ResultCode");
        return answer.Get<FaxItemEx[]>("FaxStatusExResult");
    }

    [WebMethod]
    public FaxItemEx[] FaxQuery(
        string Username, string Password, string Verb, string VerbData, int MaxItems, ref int ResultCode)
    {
        var answer = Bridge.Ask(new { Username, Password, Verb, VerbData, MaxItems, ResultCode });
        ResultCode = answer.Get<int>("ResultCode");
        return answer.Get<FaxItemEx[]>("FaxQueryResult");
    }

    [WebMethod]
    public FaxQuery2Answer FaxQuery2(
        string Username, string Password, QueryForm QueryForm, QueryControl QueryControl)
    {
        return Bridge.Ask(new { Username, Password, QueryForm, QueryControl }).Get<FaxQuery2Answer>("FaxQuery2Result");
    }
}

public class MessageItem
{
    public int MessageID;
    public string PhoneNumber, RemoteCSID;
    public int MessageStatus, Pages, MessageSize;
    public short MessageType;
    public DateTime ReceiveTime;
    public string CallerID;
    public int MessageRecordingDuration;
}

public class MessageItem2
{
    public string UserID;
    public int MessageID;
    public string PhoneNumber, RemoteCSID;
    public int MessageStatus, Pages, MessageSize;
    public short MessageType;
    public DateTime ReceiveTime;
    public string CallerID;
    public int MessageRecordingDuration;
    public string ImageStatus;
    public int NumOfEmails, NumOfFailedEmails;
}

public class ReceiveCondition { public string Verb, VerbData; }

public class MessageForm
{
    public int TransactionID;
    public string UserID;
    public bool OnlyNewMessages;
    public ReceiveCondition RecieveTime;
}

public class MessageControl { public int MaxChunkSize, FromRecordNumber; }

public class GetList2Answer
{
    public MessageItem2[] MessageItems;
    public int ResultCode, TotalTransactionsNum;
}

[WebService(Namespace = "http://www.interfax.net")]
public class Inbound : WebService
{
    [WebMethod]
    public int GetList(
        string Username, string Password, string LType, int MaxItems, ref MessageItem[] objMessageItem)
    {
        var answer = Bridge.Ask(new { Username, Password, LType, MaxItems, objMessageItem });
        objMessageItem = answer.Get<MessageItem[]>("objMessageItem");
        return answer.Get<int>("GetListResult");
    }

    [WebMethod]
    public GetList2Answer GetList2(
        string Username, string Password, MessageForm QueryForm, MessageControl QueryControl)
    {
        return Bridge.Ask(new { Username, Password, QueryForm, QueryControl }).Get<GetList2Answer>("GetList2Result");
    }
}

public class UserGeneral { public string Username, Password, CSID, TimeZone; }

public class UserGeneralProps { public string Username, CSID, TimeZone; }

public class AccountUsers
{
    public UserGeneralProps[] Users;
    public int ResultCode;
}

public class InboundNode
{
    public int ID;
    public string Description;
    public int CountryCode, Prefix;
}

public class UserRx
{
    public string Username, PhoneNumber, AttachmentFormat, DeleteAfterUsage, Emails, TimeZone, NumberFormat;
}

public class RxEmail
{
    public string EmailAddress;
    public bool SendSigned, SendEncrypted;
    public string DigitalID;
}

public class UserTx
{
    public string Username;
    public bool CheckPassword;
    public string Conversion;
    public int FeedbackType, FeedbackFormat;
    public bool FeedbackWithTIF;
    public string AllowedSenders, AllowedIPAddresses, DefaultPageSize, DefaultPageOrientation;
    public string DefaultPageResolution, DefaultRenderingQuality, DefaultPageHeader;
    public int DefaultRetriesToPerform;
    public string DefaultReplyAddress;
    public bool AuthenticateBySignature, AuthenticateByTickets, DefaultDeleteAfterUsage;
    public string DialingAreaCode, DialingCountryISOCode;
}

public class TimeZoneElement
{
    public string Name;
    public int GMTOffset;
}

public class UserOutboundSummary
{
    public string Username;
    public int TotalFaxes, TotalPages;
    public decimal TotalUnits, TotalCost;
    public int MinTransactionID, MaxTransactionID;
}

public class UserInboundSummary
{
    public string Username, PhoneNumber;
    public int TotalFaxes, TotalPages;
    public decimal TotalUnits, TotalCost;
    public int MinTransactionID, MaxTransactionID;
}

public class OutboundActivity
{
    public int Status;
    public DateTime TimeFrom, TimeUntil;
    public UserOutboundSummary[] Users;
}

public class InboundActivity
{
    public int Status;
    public DateTime TimeFrom, TimeUntil;
    public UserInboundSummary[] Users;
}

[WebService(Namespace = "http://interfax.net/Admin")]
public class Admin : WebService
{
    [WebMethod]
    public int GetAccountPPCardsBalance(string PrimaryUsername, string PrimaryPassword, ref decimal Balance)
    {
        var answer = Bridge.Ask(new { PrimaryUsername, PrimaryPassword, Balance });
        Balance = answer.Get<decimal>("Balance");
        return answer.Get<int>("GetAccountPPCardsBalanceResult");
    }

    [WebMethod]
    public int OpenUser(string PrimaryUsername, string PrimaryPassword, UserGeneral NewUser)
    {
        return Bridge.Do(new { PrimaryUsername, PrimaryPassword, NewUser });
    }

    [WebMethod]
    public int CloseUser(string PrimaryUsername, string PrimaryPassword, string Username)
    {
        return Bridge.Do(new { PrimaryUsername, PrimaryPassword, Username });
    }

    [WebMethod]
    public int SetUserProperties(string PrimaryUsername, string PrimaryPassword, UserGeneral User)
    {
        return Bridge.Do(new { PrimaryUsername, PrimaryPassword, User });
    }

    [WebMethod]
    public int GetUserProperties(string PrimaryUsername, string PrimaryPassword, ref UserGeneral User)
    {
        var answer = Bridge.Ask(new { PrimaryUsername, PrimaryPassword, User });
        User = answer.Get<UserGeneral>("User");
        return answer.Get<int>("GetUserPropertiesResult");
    }

    [WebMethod]
    public AccountUsers GetAccountUsers(string PrimaryUserID, string Password)
    {
        return Bridge.Ask(new { PrimaryUserID, Password }).Get<AccountUsers>("GetAccountUsersResult");
    }

    [WebMethod]
    public InboundNode[] GetInboundNodes(string Country, string Language)
    {
        return Bridge.Ask(new { Country, Language }).Get<InboundNode[]>("GetInboundNodesResult");
    }

    [WebMethod]
    public int AddRxService(
        string PrimaryUsername, string PrimaryPassword, string Username, string CountryISOCode,
        string Prefix, string LocalNumber, string Emails)
    {
        return Bridge.Do(new { PrimaryUsername, PrimaryPassword, Username, CountryISOCode, Prefix, LocalNumber, Emails });
    }

    [WebMethod]
    public int RemoveRxService(string PrimaryUsername, string PrimaryPassword, string Username)
    {
        return Bridge.Do(new { PrimaryUsername, PrimaryPassword, Username });
    }

    [WebMethod]
    public int SetRxServiceProperties(string Username, string Password, UserRx U_Rx)
    {
        return Bridge.Do(new { Username, Password, U_Rx });
    }

    [WebMethod]
    public int GetRxServiceProperties(string Username, string Password, out UserRx U_Rx)
    {
        var answer = Bridge.Ask(new { Username, Password });
        U_Rx = answer.Get<UserRx>("U_Rx");
        return answer.Get<int>("GetRxServicePropertiesResult");
    }

    [WebMethod]
    public int AddRxEmailProperties(
        string Username, string Password, string EmailAddress, bool SendSigned, bool SendEncrypted, string DigitalID)
    {
        return Bridge.Do(new { Username, Password, EmailAddress, SendSigned, SendEncrypted, DigitalID });
    }

    [WebMethod]
    public int SetRxEmailProperties(
        string Username, string Password, string EmailAddress, bool SendSigned, bool SendEncrypted, string DigitalID)
    {
        return Bridge.Do(new { Username, Password, EmailAddress, SendSigned, SendEncrypted, DigitalID });
    }

    [WebMethod]
    public int GetRxEmailProperties(string Username, string Password, ref RxEmail[] URxE)
    {
        var answer = Bridge.Ask(new { Username, Password, URxE });
        URxE = answer.Get<RxEmail[]>("URxE");
        return answer.Get<int>("GetRxEmailPropertiesResult");
    }

    [WebMethod]
    public int RemoveRxEmail(string Username, string Password, string EmailAddress)
    {
        return Bridge.Do(new { Username, Password, EmailAddress });
    }

    [WebMethod]
    public int AddTxService(string PrimaryUsername, string PrimaryPassword, UserTx U_tx)
    {
        return Bridge.Do(new { PrimaryUsername, PrimaryPassword, U_tx });
    }

    [WebMethod]
    public int RemoveTxService(string PrimaryUsername, string PrimaryPassword, string Username)
    {
        return Bridge.Do(new { PrimaryUsername, PrimaryPassword, Username });
    }

    [WebMethod]
    public int SetUserTxProperties(string Username, string Password, UserTx U_tx)
    {
        return Bridge.Do(new { Username, Password, U_tx });
    }

    [WebMethod]
    public int GetUserTxProperties(string Username, string Password, ref UserTx U_tx)
    {
        var answer = Bridge.Ask(new { Username, Password, U_tx });
        U_tx = answer.Get<UserTx>("U_tx");
        return answer.Get<int>("GetUserTxPropertiesResult");
    }

    [WebMethod]
    public TimeZoneElement[] GetTimeZones()
    {
        return Bridge.Ask(new { }).Get<TimeZoneElement[]>("GetTimeZonesResult");
    }

    [WebMethod]
    public string GetTimeZonesXML()
    {
        return Bridge.Ask(new { }).Get<string>("GetTimeZonesXMLResult");
    }

    [WebMethod]
    public OutboundActivity GetOutboundActivity(
        string Username, string Password, DateTime TimeFrom, DateTime TimeUntil, bool OnlyMyUser)
    {
        return Bridge.Ask(new { Username, Password, TimeFrom, TimeUntil, OnlyMyUser })
            .Get<OutboundActivity>("GetOutboundActivityResult");
    }

    [WebMethod]
    public InboundActivity GetInboundActivity(
        string Username, string Password, DateTime TimeFrom, DateTime TimeUntil, bool OnlyMyUser)
    {
        return Bridge.Ask(new { Username, Password, TimeFrom, TimeUntil, OnlyMyUser })
            .Get<InboundActivity>("GetInboundActivityResult");
    }
}
