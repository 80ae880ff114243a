<%@ WebHandler Language="C#" Class="StoneFax.Handler" %>
