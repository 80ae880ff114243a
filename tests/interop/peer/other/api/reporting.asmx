<%@ WebService Language="C#" Class="Other.Reporting" %>
