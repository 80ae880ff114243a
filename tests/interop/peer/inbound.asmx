<%@ WebService Language="C#" Class="Inbound" %>
